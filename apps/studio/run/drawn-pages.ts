/** The pages that draw a flow: their code is more than half of what the studio weighs, and lists come without it. */
export { FlowPage } from '../pages/flow-page.js';
export { RunPage } from './run-page.js';
