import { workerData } from 'node:worker_threads';
import type { StatementRequest, ToWorker, WorkerStart } from './channel-messages.ts';
import { PostgresConnection } from './postgres-connection.ts';

/** The thread that talks to PostgreSQL while the one that asked waits. */
const start = workerData as WorkerStart;
const { port } = start;
const connection = new PostgresConnection(start, (answer) => {
  port.postMessage(answer);
});

port.on('message', (message: ToWorker) => {
  if ('order' in message) {
    if (message.order === 'reset') connection.reset();
    else void connection.close(message.id).then(() => port.close());
  } else void connection.run(message satisfies StatementRequest);
});
connection.start();
