/** The table of `advise`: on the command line, on its page and in VS Code. */
import type { AdvisedSetting, AdviseReport } from "./advise.js";
import { editsShort, howWords, verdictText } from "./advise-words.js";
import * as l10n from "./l10n.js";
import { bytes, duration, number, percent } from "./words.js";

export interface AdviseColumn {
  readonly id: "setting" | "how" | "lto" | "level" | "time" | "memory" | "edit" | "file" | "code" | "change" | "run" | "verdict";
  readonly heading: string;
  /** Numbers are aligned on the right. */
  readonly isNumber: boolean;
  readonly text: (setting: AdvisedSetting) => string;
  /** What rows are sorted by; null: the setting has none. */
  readonly value: (setting: AdvisedSetting) => number | string | null;
}

/** Columns of the benchmark only if there was one. */
export function adviseColumns({ settings, bench }: Pick<AdviseReport, "settings" | "bench">): readonly AdviseColumn[] {
  const [first] = settings;
  const words = (id: AdviseColumn["id"], heading: string, text: (setting: AdvisedSetting) => string): AdviseColumn => ({
    ...{ id, heading, isNumber: false, text, value: text },
  });
  const numbers = (
    id: AdviseColumn["id"],
    heading: string,
    value: (setting: AdvisedSetting) => number | null,
    shown: (value: number | null) => string,
  ): AdviseColumn => ({ id, heading, isNumber: true, text: (setting) => shown(value(setting)), value });
  const change = ({ textBytes: after }: AdvisedSetting): string => (first === undefined ? "" : percent({ before: first.textBytes, after }));
  return [
    words("setting", l10n.t("Setting"), ({ name }) => name),
    words("how", l10n.t("How"), ({ by }) => howWords(by)),
    words("lto", "LTO", ({ lto }) => lto),
    words("level", l10n.t("Level"), ({ optLevel }) => optLevel),
    numbers("time", l10n.t("LTO time"), ({ ltoMillis }) => ltoMillis, duration),
    numbers("memory", l10n.t("Peak memory"), ({ peakMemoryBytes }) => peakMemoryBytes, bytes),
    {
      ...{ id: "edit", heading: l10n.t("Edit"), isNumber: true },
      text: ({ edits }) => editsShort(edits),
      // Without re-use, every module.
      value: ({ edits }) => (edits === null ? null : edits.reusable === 0 ? edits.modules : edits.median),
    },
    numbers("file", l10n.t("File"), ({ fileBytes }) => fileBytes, plain),
    numbers("code", l10n.t("Code"), ({ textBytes }) => textBytes, plain),
    {
      ...{ id: "change", heading: l10n.t("Change"), isNumber: true },
      text: (setting) => (setting === first ? "" : change(setting)),
      value: ({ textBytes }) => textBytes,
    },
    ...(bench === null
      ? []
      : [
          numbers("run", l10n.t("Run"), ({ benchmark }) => benchmark?.medianMillis ?? null, duration),
          words("verdict", l10n.t("Verdict"), ({ benchmark }) => (benchmark === null ? "" : verdictText(benchmark))),
        ]),
  ];
}

function plain(value: number | null): string {
  return value === null ? "" : number(value);
}

/** Rows by a column; those without a value are last in both directions. */
export function sortedBy(
  settings: readonly AdvisedSetting[],
  { value }: Pick<AdviseColumn, "value">,
  descending: boolean,
): readonly AdvisedSetting[] {
  return settings.toSorted((left, right) => {
    const [one, other] = [value(left), value(right)];
    if (one === other) return 0;
    if (one === null || one === "") return 1;
    if (other === null || other === "") return -1;
    return one < other !== descending ? -1 : 1;
  });
}
