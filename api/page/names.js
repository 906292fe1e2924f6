// The form of names: asks POST /predict, and shows each answer on a scale.

import { asked, counted, element, filled, number, show, texts } from "./asking.js";
import { offerFile, startCopying } from "./saving.js";

const SHOWN_ANSWERS = 500;

// Of the file and the cells: as in an answered table, after what was asked.
const COLUMNS = ["name", "country", "gender", "probability", "p_female", "basis", "reason"];

let cells = [];
// Of the request whose answer is shown; an answer that comes after a later question is not.
let latest = 0;

/** Make the form ask by itself instead of loading the page again. */
export function startNames() {
  element("answers-keep").hidden = false;
  startCopying("answers-copy", "answers-copied", () => cells);
  element("names-form").addEventListener("submit", (event) => {
    event.preventDefault();
    answer();
  });
}

async function answer() {
  const lines = element("names").value.split(/\r\n|\r|\n/).map((line) => line.trim());
  const names = lines.filter(Boolean);
  const wrong = fault(lines, names);
  show("names-error", wrong);
  if (wrong) {
    element("names").focus();
    return;
  }
  latest += 1;
  const own = latest;
  show("names-status", texts.names.asking);
  const country = element("country").value;
  const body = { instances: names, ...(country ? { country } : {}) };
  try {
    const answers = await asked("predict", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (own !== latest) return;
    showAnswers(answers);
    show("names-status", summary(answers.predictions));
  } catch (error) {
    if (own !== latest) return;
    element("answers").hidden = true;
    show("names-status", "");
    show("names-error", error.message);
  }
}

/** Return what is wrong with the names, "" if nothing is. */
function fault(lines, names) {
  const { most, longest } = element("names-form").dataset;
  if (!names.length) return texts.names.none;
  if (names.length > Number(most)) return filled(texts.names.too_many, { n: names.length, most });
  // In characters of Unicode, as the API counts.
  const at = lines.findIndex((line) => line.length > longest && [...line].length > longest);
  return at < 0 ? "" : filled(texts.names.too_long, { n: at + 1, longest });
}

function summary(predictions) {
  const unknown = predictions.filter(({ gender }) => gender === "unknown").length;
  const done = counted(texts.names.done, predictions.length);
  return unknown && predictions.length > 1 ? `${done} ${counted(texts.names.unknown, unknown)}` : done;
}

function showAnswers({ predictions, model, warnings }) {
  const shown = predictions.slice(0, SHOWN_ANSWERS);
  element("answer-list").replaceChildren(...shown.map((one) => item(one, model.threshold)));
  const cut = { shown: SHOWN_ANSWERS, n: predictions.length };
  show("answers-cut", predictions.length > SHOWN_ANSWERS ? filled(texts.names.truncated, cut) : "");
  show("answers-warning", warnings ? texts.names.unknown_country : "");
  show("answers-legend", filled(texts.answers.legend, { threshold: number(model.threshold) }));
  show("answers-model", filled(texts.answers.model, model));
  cells = [COLUMNS, ...predictions.map((one) => COLUMNS.map((column) => one[column]))];
  offerFile("answers-download", cells);
  show("answers-copied", "");
  element("answers").hidden = false;
}

/** Return a filled copy of the template of one answer. */
function item(one, threshold) {
  const copy = element("answer-template").content.cloneNode(true);
  const slot = (name) => copy.querySelector(`[data-slot="${name}"]`);
  slot("name").textContent = one.name ?? "";
  slot("gender").textContent = texts.answers[one.gender];
  slot("gender").setAttribute("class", `gender ${one.gender}`);
  slot("probability").textContent = probability(one);
  slot("basis").textContent = basis(one);
  slot("basis-line").hidden = !one.basis;
  slot("reason").textContent = one.reason ? texts.reason[one.reason] : "";
  slot("reason-line").hidden = !one.reason;
  if (one.p_female !== null) drawScale(slot, one, threshold);
  return copy;
}

/** Return a share of a length, for an attribute of SVG. */
const share = (value) => `${(100 * value).toFixed(2)}%`;

function drawScale(slot, one, threshold) {
  const low = 1 - threshold;
  const described = { p: number(one.p_female), low: number(low), high: number(threshold) };
  slot("scale").setAttribute("aria-label", filled(texts.answers.scale_described, described));
  slot("scale").removeAttribute("hidden");
  slot("band").setAttribute("x", share(low));
  slot("band").setAttribute("width", share(threshold - low));
  slot("mark").setAttribute("cx", share(one.p_female));
  slot("mark").setAttribute("class", `mark ${one.gender}`);
}

function probability(one) {
  if (one.p_female === null) return "";
  const { probability: sure, likelier_female: women, likelier_male: men } = texts.answers;
  const text = one.gender !== "unknown" ? sure : one.p_female > 0.5 ? women : men;
  return filled(text, { p: number(one.probability) });
}

function basis(one) {
  if (!one.basis) return "";
  const { count, sources } = one.evidence;
  const shown = count.toLocaleString(texts.language);
  return texts.basis[one.basis] + (count ? `; ${counted(texts.answers.evidence, sources, { count: shown })}` : "");
}
