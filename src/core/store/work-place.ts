/**
 * Where a program writes what it makes: the store; or, where that cannot be written to (a read-only mount, another user's, a full disk), a folder of its own
 * that lasts as long as the program. What the store holds is served in both cases.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { access, constants, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileWhole } from "../base/atomic-file.js";
import { messageOf, systemCode } from "../base/errors.js";
import { newScratchFolder, type ScratchFolder } from "../base/scratch.js";
import { blobFile, storeLayout, type StoreLayout } from "./store-layout.js";
import { makeStoreRoot } from "../base/private-folder.js";

/** A full disk has room for nothing, but often for an empty file. */
const PROBE = Buffer.alloc(4096);

interface Scratch {
  readonly folder: ScratchFolder;
  readonly layout: StoreLayout;
  readonly because: string;
}

export class WorkPlace {
  readonly #store: StoreLayout;
  #asked: Promise<Scratch | undefined> | undefined;
  #scratch: Scratch | undefined;
  #told = false;

  constructor(store: StoreLayout) {
    this.#store = store;
  }

  /** Where to write. Looked at once: what is made in one program lies in one place. */
  async layout(): Promise<StoreLayout> {
    return (await this.#look())?.layout ?? this.#store;
  }

  /** Whether the store keeps what is made. */
  async keeps(): Promise<boolean> {
    return (await this.#look()) === undefined;
  }

  /** The layouts to look for something in, the one that is written to first. */
  get known(): readonly StoreLayout[] {
    return this.#scratch === undefined ? [this.#store] : [this.#scratch.layout, this.#store];
  }

  /** The file that a blob is in. */
  blobFile(blob: string): string {
    const made = this.#scratch === undefined ? undefined : blobFile(this.#scratch.layout, blob);
    return made !== undefined && existsSync(made) ? made : blobFile(this.#store, blob);
  }

  /** What the user should know of a store that cannot be written to, if it cannot; once. */
  takeWarning(): string[] {
    if (this.#scratch === undefined || this.#told) return [];
    this.#told = true;
    return [
      `The store ${this.#store.root} cannot be written to (${this.#scratch.because}): its content is used, but new stages are not kept.`,
    ];
  }

  /** Removes what was made. */
  async close(): Promise<void> {
    await (await this.#asked)?.folder.remove();
  }

  #look(): Promise<Scratch | undefined> {
    this.#asked ??= this.#choose();
    return this.#asked;
  }

  async #choose(): Promise<Scratch | undefined> {
    const because = await whyNotWritable(this.#store);
    if (because === undefined) return undefined;
    const folder = await newScratchFolder("unsaved-stages");
    this.#scratch = { folder, layout: storeLayout(folder.folder), because };
    return this.#scratch;
  }
}

async function whyNotWritable(layout: StoreLayout): Promise<string | undefined> {
  try {
    await makeStoreRoot(layout.root);
    for (const folder of [layout.blobs, layout.stages, layout.runs]) {
      await access(folder, constants.W_OK | constants.X_OK).catch((error: unknown) => {
        if (systemCode(error) !== "ENOENT") throw error;
      });
    }
    const probe = join(layout.root, `.writable.${randomBytes(6).toString("hex")}`);
    await writeFileWhole(probe, PROBE, "later");
    await rm(probe, { force: true });
    return undefined;
  } catch (error) {
    // The path is that of the probe.
    return messageOf(error).replace(/,.*$/s, "");
  }
}
