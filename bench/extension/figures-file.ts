/** The environment variable with the file to which the suite in the extension host writes its figures. */
export const FIGURES_FILE = "LTO_INSPECTOR_BENCH_FIGURES";
