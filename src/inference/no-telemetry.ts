// ONNX Runtime (from 1.30 on) queues events about models and machine for its maker, with an id of the
// machine, in the user's home. It reads this when it is loaded, so whoever loads it imports this
// first; and in the main thread, for a worker's environment is a copy.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
