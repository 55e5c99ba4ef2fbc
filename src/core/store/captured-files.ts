/** Names of files in a capture's folder. */

/** rustc's log of LTO; it has the same name in the folder of a record. */
export const LOG_FILE = "rustc.log";
