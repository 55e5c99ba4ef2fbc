/** A module of LLVM IR in which each function raises one question about passes, with the pass that is the answer. */

/** The beginning of a module's text. */
export const TARGET = `target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
`;

/** A program that writes to a constant of another module, as `static` without `mut` is one: the import brings its value. */
export const APP_IR = `${TARGET}@PATCH_LIMIT = external global i32
declare ptr @touch()

define i32 @limit() noinline {
  %v = load i32, ptr @PATCH_LIMIT
  ret i32 %v
}

define i32 @main() {
  %p = call ptr @touch()
  store i32 20, ptr %p
  %v = call i32 @limit()
  ret i32 %v
}
`;

export const CONFIG_IR = `${TARGET}@PATCH_LIMIT = constant i32 10

define ptr @touch() {
  ret ptr @PATCH_LIMIT
}
`;

export const QUESTIONS_IR = `${TARGET}@limit = constant i32 10
@text = private constant [6 x i8] c"hello\\00"
declare i32 @outside(i32)
declare i64 @strlen(ptr)

define i32 @constant_load() {
  %v = load i32, ptr @limit
  %w = mul i32 %v, 3
  ret i32 %w
}

define i32 @second_load(ptr %p, i32 %x) {
  %a = load i32, ptr %p
  %b = mul i32 %a, %x
  %c = load i32, ptr %p
  %d = xor i32 %b, %c
  ret i32 %d
}

define void @unrolled(ptr %p) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %at = getelementptr inbounds i32, ptr %p, i64 %i
  %v = load i32, ptr %at
  %r = mul i32 %v, %v
  store volatile i32 %r, ptr %at
  %next = add nuw nsw i64 %i, 1
  %done = icmp eq i64 %next, 3
  br i1 %done, label %exit, label %loop
exit:
  ret void
}

define i32 @tail_call(i32 %x) {
  %y = add i32 %x, 7
  %r = call i32 @outside(i32 %y)
  ret i32 %r
}

define i32 @vectorised(ptr %p, i64 %n) {
entry:
  %some = icmp sgt i64 %n, 0
  br i1 %some, label %loop, label %exit
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %sum = phi i32 [ 0, %entry ], [ %more, %loop ]
  %at = getelementptr inbounds i32, ptr %p, i64 %i
  %v = load i32, ptr %at
  %square = mul i32 %v, %v
  %more = add i32 %sum, %square
  %next = add nuw nsw i64 %i, 1
  %done = icmp eq i64 %next, %n
  br i1 %done, label %exit, label %loop
exit:
  %result = phi i32 [ 0, %entry ], [ %more, %loop ]
  ret i32 %result
}

define void @hoisted(ptr %p, i32 %x, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %seventh = udiv i32 %x, 7
  %r = call i32 @outside(i32 %seventh)
  %next = add nuw nsw i64 %i, 1
  %done = icmp eq i64 %next, %n
  br i1 %done, label %exit, label %loop
exit:
  ret void
}

define i32 @promoted(i32 %x, i1 %c) {
  %slot = alloca i32
  store i32 %x, ptr %slot
  br i1 %c, label %then, label %end
then:
  %o = call i32 @outside(i32 %x)
  store i32 %o, ptr %slot
  br label %end
end:
  %v = load i32, ptr %slot
  ret i32 %v
}

define i32 @returns(i32 %x, i1 %c) {
  br i1 %c, label %one, label %two
one:
  ret i32 %x
two:
  ret i32 5
}

define internal i32 @callee(i32 %x) {
  %a = mul i32 %x, %x
  %b = xor i32 %a, 85
  ret i32 %b
}

define i32 @inlined(i32 %x) {
  %a = call i32 @callee(i32 %x)
  %b = call i32 @callee(i32 %a)
  ret i32 %b
}

define internal void @unused(ptr %p) noinline {
  store i32 1, ptr %p
  ret void
}

define void @never(ptr %p) {
entry:
  %v = load i32, ptr @limit
  %c = icmp eq i32 %v, 11
  br i1 %c, label %call, label %end
call:
  call void @unused(ptr %p)
  br label %end
end:
  ret void
}

define i32 @switched(i32 %x) {
  switch i32 %x, label %other [
    i32 0, label %a
    i32 1, label %b
    i32 2, label %c
    i32 3, label %d
    i32 4, label %e
  ]
a: br label %end
b: br label %end
c: br label %end
d: br label %end
e: br label %end
other: br label %end
end:
  %r = phi i32 [ 17, %a ], [ 99, %b ], [ 4, %c ], [ 1234, %d ], [ 55, %e ], [ 0, %other ]
  ret i32 %r
}

define i64 @libcall() {
  %n = call i64 @strlen(ptr @text)
  ret i64 %n
}
`;

export interface PassQuestion {
  /** "Which pass …?" */
  readonly which: string;
  readonly function: string;
  /** In lines of the function. */
  readonly text: string;
  /** What happened to such lines. */
  readonly change: "added" | "removed" | "moved";
  readonly pass: string;
  /** Of a pass on loops, `opt -print-changed` prints the loop and not the function, and nothing if the loop is gone. */
  readonly notPrinted?: true;
}

export const PASS_QUESTIONS: readonly PassQuestion[] = [
  { which: "folded the load of a constant", function: "constant_load", text: " load ", change: "removed", pass: "IPSCCPPass" },
  { which: "removed the second load", function: "second_load", text: " load ", change: "removed", pass: "InstCombinePass" },
  {
    ...{ which: "unrolled the loop", function: "unrolled", text: "store volatile", change: "added" },
    ...{ pass: "LoopFullUnrollPass", notPrinted: true },
  },
  { which: "made the call a tail call", function: "tail_call", text: "tail call", change: "added", pass: "TailCallElimPass" },
  { which: "vectorised the loop", function: "vectorised", text: "load <", change: "added", pass: "LoopVectorizePass" },
  {
    ...{ which: "moved the division out of the loop", function: "hoisted", text: " udiv ", change: "moved" },
    ...{ pass: "LICMPass", notPrinted: true },
  },
  { which: "turned the stack slot into a register", function: "promoted", text: " alloca ", change: "removed", pass: "PromotePass" },
  { which: "merged the returns", function: "returns", text: " select ", change: "added", pass: "SimplifyCFGPass" },
  { which: "inlined the calls", function: "inlined", text: "@callee", change: "removed", pass: "InlinerPass" },
  { which: "deleted the function that nothing calls", function: "unused", text: "define ", change: "removed", pass: "GlobalOptPass" },
  { which: "turned the switch into a table", function: "switched", text: "@switch.table", change: "added", pass: "SimplifyCFGPass" },
  { which: "computed the call of a library function", function: "libcall", text: "@strlen", change: "removed", pass: "InstCombinePass" },
];
