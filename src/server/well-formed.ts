/**
 * A reader that passes only messages that the libraries can handle: a `$/cancelRequest` without an id would end the process (vscode-jsonrpc 9.0,
 * `createRequestQueueKey`), and an `initialize` without capabilities is treated like one from a client that has none.
 */
import type { DataCallback, Disposable, Message, MessageReader } from "vscode-languageserver/node";
import * as z from "zod/mini";

const cancel = z.object({ method: z.literal("$/cancelRequest") });
const wellFormedCancel = z.object({ params: z.object({ id: z.union([z.string(), z.number()]) }) });

export function wellFormed(reader: MessageReader): MessageReader {
  return {
    onError: reader.onError,
    onClose: reader.onClose,
    onPartialMessage: reader.onPartialMessage,
    listen: (callback: DataCallback): Disposable =>
      reader.listen((message) => {
        if (isWellFormed(message)) callback(withCapabilities(message));
      }),
    dispose: () => {
      reader.dispose();
    },
  };
}

const initialize = z.looseObject({ method: z.literal("initialize"), params: z.looseObject({}) });
const someCapabilities = z.looseObject({ params: z.looseObject({ capabilities: z.looseObject({}) }) });

function withCapabilities(message: Message): Message {
  const found = initialize.safeParse(message);
  if (!found.success || someCapabilities.safeParse(message).success) return message;
  const fixed = { ...message, params: { ...found.data.params, capabilities: {} } };
  return fixed;
}

function isWellFormed(message: Message): boolean {
  return !cancel.safeParse(message).success || wellFormedCancel.safeParse(message).success;
}
