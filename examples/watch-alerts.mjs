// node examples/watch-alerts.mjs [http://127.0.0.1:8480]    NIGHTGLASS_TOKEN=ng_…
import { NightglassClient } from 'nightglass/client';

const { NIGHTGLASS_TOKEN: token } = process.env;
const address = process.argv[2] ?? 'http://127.0.0.1:8480';
const client = new NightglassClient({ address, ...(token && { token }) });
client.watch({
  topics: ['alerts'],
  onAlert: ({ id, change, cameraId, personName }) => console.log(id, change, cameraId, personName),
  onState: (state) => console.error(state),
});
