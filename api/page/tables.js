// The form of a file: sends it to POST /predict, says how it was read, and offers the answer.

import { asked, element, filled, headers, problem, show, size, texts } from "./asking.js";
import { startShares } from "./shares.js";

const ROLES = ["name", "given_name", "family_name", "country"];
// The value of "none" in the choice of the column of countries: no name of a column.
const NOTHING = "\u0000none";
const APPENDED = 5;
// The last column that is appended, and what separates it from the others.
const HEADER_END = /(.)(?:predicted_)?reason\r?\n?$/;
const HEADER_BYTES = 1 << 20;
// How programs say which column to read, at the end of what the API answers; the page has a choice.
const FOR_PROGRAMS = /, or say which (?:does|it is): .*$/;
// How files that are no tables of text begin, in hexadecimal, and their kinds in the texts.
const KINDS = {
  "504b0304": "workbook", // .xlsx and .ods
  d0cf11e0: "workbook", // .xls
  "25504446": "pdf",
  "1f8b": "packed", // .gz
  "425a68": "packed", // .bz2
  fd377a58: "packed", // .xz
  "28b52ffd": "packed", // .zst
  "377abcaf": "packed", // .7z
  "52617221": "packed", // .rar
  "89504e47": "other", // .png
  ffd8ff: "other", // .jpg
  "50415231": "other", // .parquet
  "4152524f": "other", // .arrow
};

let file = null;
// What makes the chosen file no table, "" if nothing does.
let fault = "";
let columns = [];
let running = null;
let url = "";

/** Show the form, and make it work. */
export function startTables() {
  element("tables").hidden = false;
  element("file").addEventListener("change", () => choose(element("file").files[0]));
  const drop = element("drop");
  // Anywhere on the page: a browser leaves the page for a file that is dropped beside the field.
  for (const [type, isOver] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(type, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      drop.classList.toggle("over", isOver);
    });
  }
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    element("file").files = event.dataTransfer.files;
    choose(event.dataTransfer.files[0]);
    drop.scrollIntoView({ block: "nearest" });
  });
  element("table-form").addEventListener("submit", (event) => {
    event.preventDefault();
    answer();
  });
  element("table-cancel").addEventListener("click", () => running?.abort());
  startShares(() => ({ file, ...request() }));
}

async function choose(chosen) {
  if (!chosen) return;
  running?.abort();
  file = chosen;
  columns = [];
  show("file-chosen", size(file.size));
  show("table-submit", texts.table.submit);
  forget();
  offerColumns({});
  fault = await faultOf(file);
  if (file === chosen) show("table-error", fault);
}

/** Return why a file is no table of text, "" if it may be one. */
async function faultOf(chosen) {
  if (!chosen.size) return texts.table.kinds.empty;
  const start = new Uint8Array(await chosen.slice(0, 4).arrayBuffer());
  const hex = [...start].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const found = Object.keys(KINDS).find((begin) => hex.startsWith(begin));
  // Other archives and documents begin as workbooks do.
  if (KINDS[found] === "workbook" && /\.zip$/i.test(chosen.name)) return texts.table.kinds.packed;
  return found ? texts.table.kinds[KINDS[found]] : "";
}

/** Hide what an earlier answer left. */
function forget() {
  for (const id of ["table-error", "table-status"]) show(id, "");
  for (const id of ["columns-read", "download-line", "shares", "shares-answer"]) {
    element(id).hidden = true;
  }
  if (url) URL.revokeObjectURL(url);
  url = "";
}

/** Return the query and the content type that the form asks for. */
function request() {
  const query = new URLSearchParams();
  for (const role of ROLES) {
    const { value } = element(`${role}-column`);
    if (value === NOTHING) query.set("no_country", "true");
    else if (value) query.set(`${role}_column`, value);
  }
  for (const [name, id] of [["country", "table-country"], ["delimiter", "delimiter"]]) {
    if (element(id).value) query.set(name, element(id).value);
  }
  if (element("family-name-first").checked) query.set("family_name_first", "true");
  const charset = element("charset").value;
  const header = element("header").checked ? "" : "; header=absent";
  return { query, contentType: `text/csv${charset ? `; charset=${charset}` : ""}${header}` };
}

function answer() {
  if (!file || fault) {
    show("table-error", fault || texts.table.no_file);
    element("file").focus();
    return;
  }
  forget();
  const { query, contentType } = request();
  const sent = new XMLHttpRequest();
  running = sent;
  // Not fetch: it does not tell how much has been sent.
  sent.open("POST", `predict?${query}`);
  sent.responseType = "blob";
  for (const [name, value] of Object.entries(headers({ "Content-Type": contentType }))) {
    sent.setRequestHeader(name, value);
  }
  sent.upload.addEventListener("progress", (event) => progress(event.loaded, event.total));
  sent.addEventListener("progress", (event) => {
    progress(null);
    if (sent.status === 200) show("table-status", filled(texts.table.answering, { size: size(event.loaded) }));
  });
  sent.addEventListener("load", () => ended(sent));
  sent.addEventListener("error", () => failed(sent));
  sent.addEventListener("abort", () => stop(texts.table.cancelled, ""));
  element("table-cancel").hidden = false;
  progress(0, file.size);
  sent.send(file);
}

/** Show how much has been sent; null when all has been, and nobody knows how much will come. */
function progress(loaded, total) {
  const bar = element("table-progress");
  bar.hidden = false;
  if (loaded === null || loaded >= total) {
    bar.removeAttribute("value");
    return;
  }
  bar.max = total || 1;
  bar.value = loaded;
  show("table-status", filled(texts.table.sending, { percent: Math.floor((100 * loaded) / (total || 1)) }));
}

function stop(status, error) {
  running = null;
  element("table-progress").hidden = true;
  element("table-cancel").hidden = true;
  show("table-status", status);
  show("table-error", error);
  show("table-submit", texts.table.again);
}

function forPeople(said) {
  const detail = said.replace(FOR_PROGRAMS, "");
  return detail === said ? said : filled(texts.table.choose, { detail });
}

async function ended(sent) {
  if (sent.status !== 200) {
    stop("", forPeople(problem(sent.status, await sent.response.text())));
    columns = columns.length ? columns : await columnsOfFile();
    offerColumns({});
    element("table-options").open = true;
    return;
  }
  const answered = sent.response;
  columns = columnsOfAnswer(await answered.slice(0, HEADER_BYTES).text());
  const found = JSON.parse(sent.getResponseHeader("X-Table-Columns") || "{}");
  showReading(found, sent);
  offerColumns(found);
  url = URL.createObjectURL(answered);
  const link = element("download");
  link.href = url;
  link.download = file.name.replace(/(\.[^.]*)?$/, "_answered$1");
  link.textContent = filled(texts.table.download, { size: size(answered.size) });
  element("download-line").hidden = false;
  element("shares").hidden = false;
  stop(texts.table.done, "");
}

/** Say why a transfer broke off: a server that refuses the head of a request need not read on. */
async function failed(sent) {
  let reason = sent.status === 200 ? texts.errors.broken : texts.errors.connection_table;
  if (sent.status !== 200) {
    try {
      await asked("model");
    } catch (error) {
      reason = error.message;
    }
  }
  stop("", reason);
}

/** Return the cells of a table's first row. */
function firstRow(text, delimiter) {
  const cells = [];
  let cell = "";
  let isQuoted = false;
  for (const character of text.replace(/^\ufeff/, "")) {
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (character === "\n" || character === "\r")) break;
    else if (!isQuoted && character === delimiter) {
      cells.push(cell);
      cell = "";
    } else cell += character;
  }
  return [...cells, cell];
}

/** Return the names of the columns of an answered table, without those appended. */
function columnsOfAnswer(text) {
  const line = text.match(/^(?:"[^"]*"|[^"\n])*\n?/)[0];
  const delimiter = line.match(HEADER_END)?.[1] ?? ",";
  return firstRow(line, delimiter).slice(0, -APPENDED);
}

/** Return what the first row of the file seems to have, for a table that could not be answered. */
async function columnsOfFile() {
  const bytes = await file.slice(0, HEADER_BYTES).arrayBuffer();
  let text;
  try {
    text = new TextDecoder(element("charset").value || "utf-8").decode(bytes);
  } catch {
    return [];
  }
  const chosen = element("delimiter").value;
  const signs = chosen ? [chosen === "tab" ? "\t" : chosen] : [",", ";", "\t", "|"];
  const rows = signs.map((sign) => firstRow(text, sign));
  return rows.reduce((best, row) => (row.length > best.length ? row : best), []);
}

/** Fill the choices of columns; found says which were read for what. */
function offerColumns(found) {
  const byNumber = !element("header").checked;
  for (const role of ROLES) {
    const choice = element(`${role}-column`);
    const before = choice.value;
    const automatic = found[role] && !before
      ? filled(texts.table.found, { column: found[role] })
      : texts.table.automatic;
    choice.replaceChildren(new Option(automatic, ""));
    if (role === "country") choice.append(new Option(texts.table.nothing, NOTHING));
    columns.forEach((name, at) => choice.append(new Option(name, byNumber ? at + 1 : name)));
    choice.value = before;
    if (choice.selectedIndex < 0) choice.value = "";
  }
  for (const [id, none] of [["by", texts.shares.nothing], ["then-by", texts.shares.no_more]]) {
    element(id).replaceChildren(new Option(none, ""));
    columns.forEach((name) => element(id).append(new Option(name, name)));
  }
}

/** Show which columns were read, and what the server notes. */
function showReading(found, sent) {
  const list = element("columns-list");
  list.replaceChildren();
  for (const role of ROLES.filter((one) => found[one])) {
    const term = document.createElement("dt");
    const value = document.createElement("dd");
    term.textContent = texts.table[role];
    value.textContent = found[role];
    list.append(term, value);
  }
  const notes = [];
  const note = sent.getResponseHeader("X-Table-Notes");
  if (note) notes.push(filled(texts.table.note, { note }));
  for (const warning of JSON.parse(sent.getResponseHeader("X-Warnings") || "[]")) {
    const examples = warning.examples?.join(", ");
    const text = examples ? texts.table.unknown_countries : texts.table.na_missing;
    notes.push(filled(text, { n: warning.first_rows, examples }));
  }
  element("table-notes").replaceChildren(
    ...notes.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
  );
  element("columns-read").hidden = false;
}
