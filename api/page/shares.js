// The shares of women by group, from POST /aggregate: a picture, and a table with the same figures.

import { asked, counted, element, filled, show, texts } from "./asking.js";
import { offerFile } from "./saving.js";

const SVG = "http://www.w3.org/2000/svg";
const SHOWN_GROUPS = 60;
const ROW = 26;
const TOP = 8;
const BOTTOM = 30;
const LABEL_CHARACTER = 7.2;
// Below this width, the names of groups are above their intervals, because beside them none fits.
const NARROW = 480;
// Of the file, after those of the groups: as POST /aggregate calls them.
const FIGURES = ["n", "used", "answered", "female_share", "low", "high"];

let summaries = [];

/** Make the form work. table returns the file, the query and the content type. */
export function startShares(table) {
  element("shares-form").addEventListener("submit", (event) => {
    event.preventDefault();
    estimate(table());
  });
  // The picture is drawn for the width there is, so that its letters keep their size.
  window.addEventListener("resize", draw);
}

async function estimate({ file, query, contentType }) {
  const by = [...new Set([element("by").value, element("then-by").value])].filter(Boolean);
  if (by.length) query.set("by", by.map((name) => `"${name.replaceAll('"', '""')}"`).join(","));
  show("shares-error", "");
  show("shares-status", texts.shares.asking);
  element("shares-answer").hidden = true;
  try {
    const { groups, total } = await asked(`aggregate?${query}`, {
      method: "POST",
      headers: { "Content-Type": contentType },
      body: file,
    });
    summaries = by.length ? [...groups, total] : [total];
    showShares(by.length ? groups.length : 1);
    offerShares(by.length ? groups : [total]);
  } catch (error) {
    show("shares-status", "");
    show("shares-error", error.message);
  }
}

function showShares(groups) {
  element("shares-rows").replaceChildren(...summaries.map(tableRow));
  element("shares-answer").hidden = false;
  draw();
  const cut = { shown: SHOWN_GROUPS, n: groups };
  show("shares-cut", groups > SHOWN_GROUPS ? filled(texts.shares.truncated, cut) : "");
  show("shares-status", counted(texts.shares.done, groups));
}

function offerShares(groups) {
  const names = Object.keys(groups[0]?.group ?? {});
  const rows = groups.map((one) => [
    ...names.map((name) => one.group[name]),
    ...FIGURES.map((figure) => one[figure]),
    one.warnings.map(({ code }) => code).join(" "),
  ]);
  offerFile("shares-download", [[...names, ...FIGURES, "warnings"], ...rows]);
}

function label(summary) {
  if (!summary.group || !Object.keys(summary.group).length) return texts.shares.all;
  return Object.values(summary.group).map((value) => value ?? texts.shares.no_value).join(", ");
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

function tableRow(summary) {
  const row = document.createElement("tr");
  const isKnown = summary.female_share !== null;
  const count = (n) => n.toLocaleString(texts.language);
  const cells = [
    count(summary.n),
    isKnown ? percent(summary.female_share) : texts.shares.unestimated,
    isKnown ? `${(100 * summary.low).toFixed(1)} – ${percent(summary.high)}` : "",
    count(summary.n - summary.answered),
    summary.warnings.map(({ code }) => texts.shares[code]).join(", "),
  ];
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = label(summary);
  row.append(head, ...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
  return row;
}

function svg(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Draw the first groups, and all rows together below them. */
function draw() {
  const width = element("shares-picture").clientWidth;
  if (!width || !summaries.length) return;
  const drawn = [...summaries.slice(0, -1).slice(0, SHOWN_GROUPS), summaries.at(-1)];
  const isNarrow = width < NARROW;
  const longest = Math.max(...drawn.map((one) => label(one).length)) * LABEL_CHARACTER + 13;
  const left = isNarrow ? 8 : Math.min(longest, width * 0.4);
  const row = isNarrow ? 2 * ROW : ROW;
  const x = (share) => left + share * (width - left - 16);
  const height = TOP + drawn.length * row + BOTTOM;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": texts.shares.picture });
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    picture.append(svg("line", { class: "rule", x1: x(share), x2: x(share), y1: TOP, y2: height - BOTTOM }));
    const anchor = share === 1 ? "end" : isNarrow && share === 0 ? "start" : "middle";
    const at = { end: width, start: 0, middle: x(share) }[anchor];
    picture.append(svg("text", { class: "axis-text", x: at, y: height - 10, "text-anchor": anchor }, `${100 * share} %`));
  }
  drawn.forEach((summary, at) => {
    const y = TOP + (at + 1) * row - ROW / 2;
    picture.append(isNarrow ? labelAbove(summary, y, width) : labelBeside(summary, y, left));
    picture.append(...marks(summary, y, x));
  });
  element("shares-picture").replaceChildren(picture);
}

const labelBeside = (summary, y, left) =>
  svg("text", { x: left - 12, y: y + 4.5, "text-anchor": "end" }, shortened(label(summary), left - 12));

const labelAbove = (summary, y, width) => svg("text", { x: 0, y: y - 12 }, shortened(label(summary), width));

function shortened(text, width) {
  const fits = Math.floor(width / LABEL_CHARACTER);
  return text.length > fits ? `${text.slice(0, Math.max(1, fits - 1))}…` : text;
}

function marks(summary, y, x) {
  if (summary.female_share === null) return [];
  return [
    svg("line", { class: "interval", x1: x(summary.low), x2: x(summary.high), y1: y, y2: y }),
    svg("circle", { class: "estimate", cx: x(summary.female_share), cy: y, r: 4.5 }),
  ];
}
