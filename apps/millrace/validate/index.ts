export { findingLine, summary, type Finding } from './findings.js';
export { findMade, type Made, type NotKnown } from './made.js';
export { validate, type ValidateOptions, type Validation } from './validate.js';
