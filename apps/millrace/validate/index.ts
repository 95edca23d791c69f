export { findingLine, summary, type Finding } from './findings.js';
export { validate, type ValidateOptions, type Validation } from './validate.js';
