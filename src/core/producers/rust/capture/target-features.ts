/**
 * Target features in LLVM's spelling.
 *
 * Mirrors the names of `to_llvm_features` in `compiler/rustc_codegen_llvm/src/llvm_util.rs` (rustc 1.96). Leaves out what rustc adds (implied
 * features and the target's own), because every function has its full list in its `target-features` attribute, which wins.
 */

interface LlvmName {
  /** LLVM's names, the feature's main name first. null: LLVM has no such feature. */
  readonly names: readonly string[] | null;
  /** Names that are enabled, but not disabled, together with the feature. */
  readonly onlyWhenOn?: readonly string[];
}

const X86: Readonly<Record<string, LlvmName>> = {
  "sse4.2": { names: ["sse4.2"], onlyWhenOn: ["crc32"] },
  pclmulqdq: { names: ["pclmul"] },
  rdrand: { names: ["rdrnd"] },
  bmi1: { names: ["bmi"] },
  cmpxchg16b: { names: ["cx16"] },
  lahfsahf: { names: ["sahf"] },
  apxf: { names: ["egpr", "push2pop2", "ppx", "ndd", "ccmp", "cf", "nf", "zu"] },
};

const AARCH64: Readonly<Record<string, LlvmName>> = {
  rcpc2: { names: ["rcpc-immo"] },
  dpb: { names: ["ccpp"] },
  dpb2: { names: ["ccdp"] },
  frintts: { names: ["fptoint"] },
  fcma: { names: ["complxnum"] },
  pmuv3: { names: ["perfmon"] },
  paca: { names: ["pauth"] },
  pacg: { names: ["pauth"] },
  flagm2: { names: ["altnzcv"] },
  neon: { names: ["neon", "fp-armv8"] },
  fhm: { names: ["fp16fml"] },
  fp16: { names: ["fullfp16"] },
  fpmr: { names: null },
  tme: { names: null },
};

const TABLES: readonly { readonly arch: RegExp; readonly names: Readonly<Record<string, LlvmName>> }[] = [
  { arch: /^(?:x86_64|i[3-6]86)/, names: X86 },
  { arch: /^(?:aarch64|arm64ec)/, names: AARCH64 },
  { arch: /^(?:arm|thumb)/, names: { fp16: { names: ["fullfp16"] } } },
  { arch: /^powerpc/, names: { "power8-crypto": { names: ["crypto"] } } },
  { arch: /^riscv/, names: { zkne_or_zknd: { names: null } } },
  { arch: /^sparc/, names: { leoncasa: { names: ["hasleoncasa"] } } },
];

/** Features that are rustc's own and unknown to LLVM (`RUSTC_SPECIFIC_FEATURES`, `rustc_target::target_features`). */
const RUSTC_ONLY: ReadonlySet<string> = new Set(["crt-static"]);

/**
 * `-C target-feature=+a,-b` as LLVM's feature string.
 *
 * @param target the triple, on which the names depend
 */
export function llvmFeatures(features: string, target: string): string {
  const table = TABLES.find(({ arch }) => arch.test(target))?.names ?? {};
  return features
    .split(",")
    .flatMap((feature) => {
      const [, sign, name] = /^([+-])(.+)$/.exec(feature.trim()) ?? [];
      if (sign === undefined || name === undefined || RUSTC_ONLY.has(name)) return [];
      const known = (Object.hasOwn(table, name) ? table[name] : undefined) ?? { names: [name] };
      const names = [...(known.names ?? []), ...(sign === "+" ? (known.onlyWhenOn ?? []) : [])];
      return names.map((one) => sign + one);
    })
    .join(",");
}
