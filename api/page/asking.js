// What the parts of the page share: its texts, its elements, and how it asks the API.

export const texts = await (await fetch("page/texts.json")).json();

export const element = (id) => document.getElementById(id);

/** Return the text with {names} replaced by values. */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Return the text for one, or for n of them. */
export function counted(forms, n, values = {}) {
  return filled(n === 1 ? forms.one : forms.other, { n, ...values });
}

/** Return a probability as text, with the digits that names allow. */
export const number = (value) => String(Number(value.toFixed(4)));

/** Return a number of bytes as text. */
export function size(bytes) {
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < texts.sizes.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(unit && value < 100 ? 1 : 0)} ${texts.sizes[unit]}`;
}

/** Show a text in an element of that id; "" empties it. */
export function show(id, text) {
  element(id).textContent = text;
}

/** Return the headers of every request. The key is nowhere but in its field. */
export function headers(more = {}) {
  const key = element("key")?.value.trim();
  return key ? { ...more, Authorization: `Bearer ${key}` } : more;
}

/** Return what a problem document says to people, or the status without one. */
export function problem(status, text) {
  if (status === 401 && element("key")) return askForKey();
  try {
    const { detail, errors } = JSON.parse(text);
    // Programs get a JSON pointer, which leads nowhere in a form.
    const [first] = errors ?? [];
    if (first?.index !== undefined) return filled(texts.errors.at_line, { n: first.index + 1, detail: first.detail });
    if (detail) return detail;
  } catch {
    // Not from the API: from a proxy before it.
  }
  return filled(texts.errors.unexpected, { status });
}

/** Lead to the field of the key, and return what is wrong with the key. */
function askForKey() {
  const field = element("key");
  const isSent = field.value.trim();
  show("key-error", isSent ? texts.key.refused : texts.key.enter);
  field.setAttribute("aria-invalid", "true");
  field.focus();
  return isSent ? texts.key.refused : texts.key.missing;
}

/** Show the field of the key, if the server requires one. */
export function startKey() {
  const field = element("key");
  if (!field) return;
  element("key-section").hidden = false;
  field.addEventListener("input", () => {
    show("key-error", "");
    field.removeAttribute("aria-invalid");
  });
}

/** Return the JSON answer to a request; throw an Error whose message is for people. */
export async function asked(path, options = {}) {
  const isTable = options.body instanceof File;
  let response;
  try {
    response = await fetch(path, { ...options, headers: headers(options.headers) });
  } catch {
    throw new Error(isTable ? texts.errors.connection_table : texts.errors.connection);
  }
  const text = await response.text();
  if (response.status === 413 && !isTable) throw new Error(texts.errors.too_large);
  if (!response.ok) throw new Error(problem(response.status, text));
  return JSON.parse(text);
}
