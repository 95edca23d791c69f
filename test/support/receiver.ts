/** The recording HTTP server of the demo serves the tests as well. */
export { startReceiver, type Handler, type ReceivedRequest, type Receiver, type Reply } from '../../apps/millrace/demo/receiver.js';
