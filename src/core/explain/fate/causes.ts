/** Why a definition is kept or gone, in words. */
import type { FateKind } from "../../../protocol/fate.js";
import { counted } from "../../../protocol/words.js";
import type { SymbolFate } from "./symbol-fates.js";

export interface FateCause {
  /** A clause. */
  readonly text: string;
  readonly specific: boolean;
}

const GONE: ReadonlySet<FateKind> = new Set(["dropped", "merged", "inlined", "unneeded", "lost-uses"]);

const ENDED: Readonly<Partial<Record<FateKind, string>>> = {
  dropped: "whose body was dropped",
  merged: "which was merged into an equal one",
  inlined: "which was inlined itself",
};

/**
 * @param others the definitions of the same module by symbol
 * @param nameOf readable names
 */
export function causeOf(of: SymbolFate, others: ReadonlyMap<string, SymbolFate>, nameOf: (symbol: string) => string): FateCause {
  const { fate, pass, into, inlined, isCopy } = of;
  const by = pass ?? "LLVM";
  const times = inlined === 1 ? "once" : counted(inlined, "time");
  switch (fate) {
    case "kept":
      return specific("it is visible outside of its module");
    case "kept-local":
      return specific("its module still uses it");
    case "kept-copy":
      return specific("its module still uses the copy, which is not emitted");
    case "dropped":
      return specific(
        inlined > 0
          ? `inlined ${times}; what still uses it uses the definition elsewhere`
          : "never inlined here; what uses it uses the definition elsewhere",
      );
    case "new-signature":
      return specific(`${by} gave it other arguments or another result`);
    case "merged":
      return specific(`${by} merged it into ${into === null ? "another one" : `\`${nameOf(into)}\``}, which is equal`);
    case "inlined":
      return specific(`inlined ${times}, and nothing else uses it`);
    case "unneeded":
      return specific(isCopy ? "nothing in the module uses the copy" : "no other module needs it, and nothing in its own uses it");
    case "lost-uses":
      return lostUses(of, others, nameOf);
  }
}

/** Leads on to the caller that lost it. */
function lostUses(
  { users, pass, lastUse }: SymbolFate,
  others: ReadonlyMap<string, SymbolFate>,
  nameOf: (symbol: string) => string,
): FateCause {
  const known = users.flatMap((user) => others.get(user) ?? []);
  const gone = known.find(({ fate }) => GONE.has(fate));
  if (gone !== undefined && known.every(({ fate }) => GONE.has(fate))) {
    return specific(`its uses went away with \`${nameOf(gone.symbol)}\`, ${ENDED[gone.fate] ?? "which is gone itself"}`);
  }
  if (lastUse !== null) return specific(`${lastUse.pass} removed its last use, in \`${nameOf(lastUse.user)}\``);
  const kept = users.find((user) => !GONE.has(others.get(user)?.fate ?? "kept")) ?? users[0] ?? "";
  return { text: `the passes removed its use in \`${nameOf(kept)}\`${pass === null ? "" : `; ${pass} deleted it`}`, specific: false };
}

function specific(text: string): FateCause {
  return { text, specific: true };
}
