/** Sets the page's language. A page's script imports this first, because its modules may contain texts. */
import { ENGLISH, speak, type DisplayLanguage } from "../src/protocol/l10n.js";

/** The element in which the extension hands over the language (src/client/pages/page-html.ts). */
const ID = "display-language";

const given = document.getElementById(ID)?.textContent;
speak(given === undefined || given === "" ? ENGLISH : (JSON.parse(given) as DisplayLanguage));
