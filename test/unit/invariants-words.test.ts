/** All texts are plain English with rustc's and Cargo's terms: interface, command line, documentation, comments, test names. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { filesBelow, textOf } from "../support/sources.js";

/** @param except files that are about the word itself */
interface Rule {
  readonly banned: RegExp;
  readonly instead: string;
  readonly examples: readonly string[];
  readonly innocent?: readonly string[];
  readonly except?: readonly string[];
}

const RULES: readonly Rule[] = [
  {
    banned: /\bmend(s|ed|ing)?\b/i,
    instead: "help: (a hint), to fix, to repair",
    examples: ["mend: capture again", "how to mend it", "it mends itself"],
    // Captures and runs of earlier versions have the word as a property.
    except: ["src/core/base/values.ts", "test/unit/formats-captures.test.ts"],
  },
  {
    banned: /\b(the|a|one|that) person\b/i,
    instead: "you; in comments: the user",
    examples: ["what the person asked for", "a person's own build", "of the person's"],
    innocent: ["in person", "personal"],
  },
  {
    banned: /\b(anew|afresh)\b/i,
    instead: "re-compiled, rebuilt, again",
    examples: ["compiled anew", "made afresh"],
  },
  {
    banned: /\b(held|holds?|holding) (?:(?!\bagainst\b)[^.;:]){0,60}?\bagainst\b/i,
    instead: "compared with",
    examples: ["held against rustc's own", "holds all of it against rustc's files"],
    innocent: ["holds the lock. It runs against the store"],
  },
  {
    banned: /\b(stands?|stood|standing) (in|below|beside|behind|there)\b(?! for\b| (its|the|their) way\b)/i,
    instead: "is in, are in, are listed below; see",
    examples: ["what it said stands in its terminal", "they stand in the tree", "stood beside it"],
    innocent: ["a shell script stands in for rustc", "nothing stands in the way", "the lock-stand-in folder"],
  },
  {
    banned: /(?<!\bconst \w+ )\bof (ours|theirs|(the|a) (user|caller|reader)'s)(?=[.,;:)]|$| (that|which|and|or|to|in|is|are)\b)/i,
    instead: "our, your, the user's",
    examples: ["a file of ours", "a build of the user's, or another"],
  },
  {
    banned: /\b(is|are|was|were) (also |then |not |only )?told\b(?! (to|what to)\b)/i,
    instead: "name the actor: the run lists it, the message says",
    examples: ["a crash is told at once", "they are told apart by their names"],
    innocent: ["as it told us", "it told what it found"],
  },
  {
    banned: /\btold apart\b/i,
    instead: "distinguished",
    examples: ["have to be told apart"],
  },
  {
    banned: /\bby (themselves|itself)\b/i,
    instead: "automatically, alone, individually",
    examples: ["files that were chosen by themselves", "ends by itself"],
  },
  {
    banned: /\b(has|have|had) left what\b|\bThin LTO makes one\b/i,
    instead: "No build here left the bitcode that a replay needs. Run Thin LTO creates one.",
    examples: ["no build of this workspace has left what a replay of Thin LTO needs. Run Thin LTO makes one"],
  },
  {
    banned: /\bnumber values stably or\b|\bdemangle or mangle\b|\b(hide or show|show or hide)\b/i,
    instead: "Toggle …",
    examples: ["Number Values Stably or as LLVM Prints Them", "Demangle or Mangle Names", "Hide or Show Attributes"],
  },
  {
    banned: /\bworked on at once\b|\bas many as there are\b|\bresults? (does|do) not depend on (it|them)\b/i,
    instead: "processed in parallel; all cores; does not affect results",
    examples: ["Codegen units that are worked on at once. 0: as many as there are cores.", "The result does not depend on it."],
  },
  {
    banned: /\bnothing of \w+'s\b/i,
    instead: "no rustc output",
    examples: ["have nothing of rustc's to be held against"],
  },
  {
    banned: /\bended before it (did|had)\b|\bonce more\b/i,
    instead: "exited before it answered; interrupted; again",
    examples: ["server ended before it had answered … do it once more", "its process ended before it did"],
  },
  {
    banned: /\bchanged, by less\b|\bby less;/i,
    instead: "changed less; they are listed under …",
    examples: ["… more functions changed, by less; they stand in the tree below the stage."],
  },
  {
    banned: /\bsay instead\b|\bwould have compiled\b/i,
    instead: "predict what a change would re-compile",
    examples: ["say instead what a change to it would have compiled anew"],
  },
  {
    banned: /\b(lost|loses?|lacks?) interest\b/i,
    instead: "aborted when its last waiter cancels",
    examples: ["stopped when the last one has lost interest"],
  },
  {
    banned: /\bthe last few\b/i,
    instead: "a least-recently-used cache; the most recent",
    examples: ["The last few of something."],
  },
  {
    banned: /[\d.]+ wanted\b|\(\d[\d.]*[;:] \d[\d.]*\)/i,
    instead: "0.72× (target 0.5×)",
    examples: ["(0.72; 0.5 wanted)", "saving all stages against saving none (1.13; 1.05)"],
  },
  {
    banned: /\bof which there (is|are) none\b|\bin (its|their) turn\b|\bbesides\s*[.;:]/i,
    instead: "a shorter sentence: without, in turn, also",
    examples: ["the keys, of which there is none", "it runs in its turn", "The unit is incomplete besides."],
    innocent: ["besides rustc"],
  },
];

const folders = [
  "src",
  "webview",
  "addon",
  "docs",
  "schemas",
  "scripts",
  "bench",
  "test",
  "media",
  "examples",
  ".ci",
  ".github",
  ".vscode",
];
const files = [
  ...folders.flatMap((folder) => filesBelow(folder)),
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "package.json",
  "package.nls.json",
].filter((file) => file !== "test/unit/invariants-words.test.ts");

/** Where a pattern matches in a file, even if a comment or paragraph breaks the phrase into two lines. */
function matches(file: string, banned: RegExp): string[] {
  const starts: number[] = [];
  let text = "";
  for (const line of (textOf(file) ?? "").split("\n")) {
    starts.push(text.length);
    text += `${line.replace(/^\s*(?:\*\/?|\/\/\/?|\/\*\*?|#|>)?\s*/, "")} `;
  }
  return [...text.matchAll(new RegExp(banned, `${banned.flags}g`))].map(({ 0: found, index }) => {
    const line = starts.findLastIndex((start) => start <= index) + 1;
    return `${file}:${line}: "${found}" in "${text.slice(Math.max(0, index - 40), index + 60).trim()}"`;
  });
}

describe("words", () => {
  it("are banned in each rule's examples, and allowed in innocent ones", () => {
    for (const { banned, examples, innocent = [] } of RULES) {
      for (const example of examples) assert.match(example, banned);
      for (const text of innocent) assert.doesNotMatch(text, banned);
    }
  });

  for (const { banned, instead, examples, except = [] } of RULES) {
    it(`are not like "${examples[0]}"`, () => {
      const found = files.filter((file) => !except.includes(file)).flatMap((file) => matches(file, banned));
      assert.ok(found.length === 0, `write instead: ${instead}\n${found.map((line) => `  ${line}`).join("\n")}`);
    });
  }
});
