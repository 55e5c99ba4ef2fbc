/**
 * Receives the records of a build's wrappers: a socket in a folder that only this user can enter. Records contain rustc's environment, so they stay
 * in this process's memory.
 */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { LtoError, messageOf } from "../../../base/errors.js";
import { parseJson } from "../../../base/parse.js";
import { wrapperMessage } from "../formats/rustc-record.js";
import { newScratchFolder, type ScratchFolder } from "../../../base/scratch.js";
import type { FoundRecord } from "./records.js";
import { RustcArguments } from "../../../pipelines/rustc-args.js";
import { RECORDED, type WrapperMessage } from "../wrapper/record.js";

/** Environment and command line take a few megabytes at most. */
const LARGEST = 64 * 1024 * 1024;

/** @param from the sender, for errors. @throws UnreadableFile */
export function parseMessage(text: string, from: string): WrapperMessage {
  return parseJson(wrapperMessage, text, { what: "The wrapper's record of a run of rustc", file: from, help: "Capture again." });
}

export class RecordChannel {
  readonly #scratch: ScratchFolder;
  readonly #server: Server;
  readonly #messages: WrapperMessage[] = [];

  private constructor(scratch: ScratchFolder) {
    this.#scratch = scratch;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#receive(socket);
    });
  }

  static async open(): Promise<RecordChannel> {
    const channel = new RecordChannel(await newScratchFolder("records"));
    channel.#server.listen(channel.address);
    await once(channel.#server, "listening");
    return channel;
  }

  /** The socket's path, for the wrappers' environment. */
  get address(): string {
    return path.join(this.#scratch.folder, "socket");
  }

  /**
   * The records of rustc's runs so far.
   *
   * @param folder has one sub-folder per run, with its log
   * @param succeeded whether to return successful or failed runs
   */
  records(folder: string, succeeded = true): FoundRecord[] {
    return this.#messages
      .filter(({ record }) => (record.exitCode === 0) === succeeded)
      .toSorted((a, b) => (a.folder < b.folder ? -1 : 1))
      .map(({ folder: name, record }) => ({ folder: path.join(folder, name), record, args: new RustcArguments(record.args) }));
  }

  async close(): Promise<void> {
    this.#server.close();
    await this.#scratch.remove();
  }

  #receive(socket: Socket): void {
    const chunks: Buffer[] = [];
    let size = 0;
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      size += chunk.length;
      if (size > LARGEST) socket.destroy();
      else chunks.push(chunk);
    });
    socket.on("end", () => {
      socket.end(this.#keep(Buffer.concat(chunks).toString("utf8")));
    });
  }

  /** @returns the answer for the wrapper */
  #keep(text: string): string {
    try {
      this.#messages.push(parseMessage(text, this.address));
      return RECORDED;
    } catch (error) {
      return error instanceof LtoError ? error.message : messageOf(error);
    }
  }
}
