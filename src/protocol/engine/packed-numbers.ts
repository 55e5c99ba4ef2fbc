/** Numbers from -1, most of them small: base64 of the ULEB128 of each plus one. As JSON, many of them would take longer to read and write than to make. */
export type PackedNumbers = string;
