/** The environment variable that names the file which the suite in the extension host writes its figures to. */
export const FIGURES_FILE = "LTO_INSPECTOR_BENCH_FIGURES";
