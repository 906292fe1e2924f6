// Answers as a file to download, or as cells to paste into a spreadsheet.

import { element, show, texts } from "./asking.js";

// Without it, Excel takes UTF-8 for an older encoding.
const BYTE_ORDER_MARK = "\ufeff";

/** Make a link download rows of cells as CSV; what it offered before is freed. */
export function offerFile(id, rows) {
  const link = element(id);
  if (link.href) URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([BYTE_ORDER_MARK, joined(rows, ",", "\r\n")], { type: "text/csv" }));
}

/** Make a button copy the rows that rows() returns, and say so in an element of that id. */
export function startCopying(id, status, rows) {
  // Only in pages that come over HTTPS or from the same computer.
  if (!navigator.clipboard) return;
  element(id).hidden = false;
  element(id).addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(joined(rows(), "\t", "\n"));
      show(status, texts.answers.copied);
    } catch {
      show(status, texts.answers.not_copied);
    }
  });
}

function joined(rows, delimiter, end) {
  const quoted = (value) => {
    const text = String(value ?? "");
    return /["\r\n\t,]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(quoted).join(delimiter) + end).join("");
}
