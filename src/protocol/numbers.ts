/** Types of numbers in reports. */

/**
 * A whole number that counts something, or a size in bytes.
 *
 * @asType integer
 * @minimum 0
 */
export type Count = number;
