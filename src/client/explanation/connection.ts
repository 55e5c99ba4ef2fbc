/** The extension's end of the connection to an explanation's page, which makes no requests. */
import type { FromExplanationPage, ToExplanationPage } from "../../protocol/explanation-page.js";
import { Connection, type Port } from "../pages/connection.js";
import { messageFrom } from "./messages.js";

export interface ExplanationListener {
  told(message: FromExplanationPage): void;
  /** The page has sent an invalid message. */
  refused(why: string): void;
}

export class ExplanationConnection extends Connection<never, FromExplanationPage, ToExplanationPage> {
  constructor(port: Port, listener: ExplanationListener) {
    const nothing = {
      answer: () => Promise.reject(new Error("the page may request nothing")),
      reportOf: (error: unknown) => ({ name: "Internal", message: String(error) }) as const,
    };
    const listening = {
      ...nothing,
      told: (message: FromExplanationPage) => {
        listener.told(message);
      },
      refused: (why: string) => {
        listener.refused(why);
      },
    };
    super(port, listening, { messageFrom, requestFrom: () => undefined });
  }
}
