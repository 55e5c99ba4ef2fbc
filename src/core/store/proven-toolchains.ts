/** Compilers for which a verification on this machine found no difference, so that the rules for their release are known to apply. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import * as z from "zod/mini";
import type { Toolchain } from "../../protocol/units.js";
import { readSealed, writeSealed } from "../base/sealed-file.js";
import type { StoreLayout } from "./store-layout.js";

const PROOF = z.object({ release: z.string(), commitHash: z.nullable(z.string()), llvmVersion: z.string(), verifiedAt: z.string() });

/** A compiler's own identification; the same release may be built with another LLVM. */
type Compiler = Pick<Toolchain, "release" | "commitHash" | "llvmVersion">;

/** Whether a verification with this compiler found no difference. */
export async function isProvenHere(layout: StoreLayout, compiler: Compiler): Promise<boolean> {
  const proof = await readSealed(PROOF, proofFile(layout, compiler));
  return proof !== undefined && partsOf(proof).join() === partsOf(compiler).join();
}

/**
 * Notes a verification without differences.
 *
 * @throws the system's error if the store cannot be written to
 */
export async function noteProven(layout: StoreLayout, { release, commitHash, llvmVersion }: Compiler): Promise<void> {
  const proof: z.output<typeof PROOF> = { release, commitHash, llvmVersion, verifiedAt: new Date().toISOString() };
  await writeSealed(proofFile(layout, proof), proof);
}

function partsOf({ release, commitHash, llvmVersion }: Compiler): string[] {
  return [release, commitHash ?? "", llvmVersion];
}

function proofFile({ verified }: StoreLayout, compiler: Compiler): string {
  const digest = createHash("sha256")
    .update(JSON.stringify(partsOf(compiler)))
    .digest("hex");
  return join(verified, "toolchains", `${digest.slice(0, 32)}.json`);
}
