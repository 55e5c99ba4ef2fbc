import { verifyMatrixTests } from "../../support/verify-matrix.js";

verifyMatrixTests("stable");
