// Starts the parts of the page that need a script. Without it, the form of names still works.

import { asked, element, show, startKey, texts } from "./asking.js";
import { startNames } from "./names.js";
import { startTables } from "./tables.js";

function startCard() {
  element("card-link").addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    element("card").showModal();
    show("card-text", texts.names.asking);
    try {
      show("card-text", (await asked("model")).card ?? texts.card.none);
    } catch (error) {
      show("card-text", error.message);
    }
  });
}

startKey();
startCard();
startNames();
startTables();
