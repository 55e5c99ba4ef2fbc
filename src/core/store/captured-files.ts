/** Names of files in a capture's folder. */

/** rustc's log of LTO; so it is called in the folder of a record, too. */
export const LOG_FILE = "rustc.log";
