/** The extension's end of the connection to the page of a comparison, which makes no requests. */
import type { FromComparisonPage, ToComparisonPage } from "../../protocol/comparison-page.js";
import { Connection, type Port } from "../pages/connection.js";
import { messageFrom } from "./messages.js";

export interface ComparisonListener {
  told(message: FromComparisonPage): void;
  /** The page has sent an invalid message. */
  refused(why: string): void;
}

export class ComparisonConnection extends Connection<never, FromComparisonPage, ToComparisonPage> {
  constructor(port: Port, listener: ComparisonListener) {
    const listening = {
      answer: () => Promise.reject(new Error("the page may request nothing")),
      reportOf: (error: unknown) => ({ name: "Internal", message: String(error) }) as const,
      told: (message: FromComparisonPage) => {
        listener.told(message);
      },
      refused: (why: string) => {
        listener.refused(why);
      },
    };
    super(port, listening, { messageFrom, requestFrom: () => undefined });
  }
}
