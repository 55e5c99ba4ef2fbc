/** The extension's end of the connection to a page in the editor area, which makes no requests. It does not depend on VS Code, so that tests can use it. */
import type { FromAnyPage, Nothing } from "../../protocol/page.js";
import { Connection, type Port } from "./connection.js";
import { messageOfAnyPage } from "./messages.js";

export interface EditorPageListener<Told> {
  /** A message that every page may send. */
  toldByAny(message: FromAnyPage): void;
  /** A message of this kind of page. */
  told(message: Told): void;
  /** The page has sent an invalid message. */
  refused(why: string): void;
}

/** @returns undefined if it is not a valid message */
export type MessageFrom<Told> = (method: string, params: unknown) => Told | undefined;

type Either<Told> = { readonly any: FromAnyPage } | { readonly own: Told };

export class EditorPageConnection<Place, Told, Tell extends { readonly type: string }> extends Connection<
  never,
  Either<Told>,
  Tell | Nothing<Place>
> {
  constructor(port: Port, listener: EditorPageListener<Told>, ownFrom: MessageFrom<Told>) {
    const listening = {
      answer: () => Promise.reject(new Error("the page may request nothing")),
      reportOf: (error: unknown) => ({ name: "Internal", message: String(error) }) as const,
      told: (message: Either<Told>) => {
        if ("any" in message) listener.toldByAny(message.any);
        else listener.told(message.own);
      },
      refused: (why: string) => {
        listener.refused(why);
      },
    };
    const messageFrom = (method: string, params: unknown): Either<Told> | undefined => {
      const any = messageOfAnyPage(method, params);
      if (any !== undefined) return { any };
      const own = ownFrom(method, params);
      return own === undefined ? undefined : { own };
    };
    super(port, listening, { messageFrom, requestFrom: () => undefined });
  }
}
