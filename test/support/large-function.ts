/** The text of a function of any size, the same for the same seed. */
export function largeFunction(seed: number, lines: number): string {
  let state = seed;
  const next = (bound: number): number => (state = (state * 1103515245 + 12345) % 2147483648) % bound;
  const body = Array.from({ length: lines }, (_, index) => {
    const operands = `i32 %${index === 0 ? 0 : 2 + next(index)}, ${next(50)}`;
    return `  %${index + 2} = ${["add", "mul", "xor", "shl"][next(4)] ?? "add"} ${operands}`;
  });
  return `define i32 @f(i32 %0) {\n${body.join("\n")}\n  ret i32 %${lines + 1}\n}\n`;
}
