/** Numbers as reports have them. */

/**
 * A whole number that counts something, or a size in bytes.
 *
 * @asType integer
 * @minimum 0
 */
export type Count = number;
