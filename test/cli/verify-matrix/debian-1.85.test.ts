import { verifyMatrixTests } from "../../support/verify-matrix.js";

verifyMatrixTests("debian-1.85");
