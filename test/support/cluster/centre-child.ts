// A centre in a process of its own, for tests that kill it: FOLDER of its keys, DATA, URL, SITES.
import { createStore } from '../../../src/store/create-store.ts';
import { centreConfig, openEnd } from './federation-ends.ts';

const [folder = '', dataDir = '', url = '', sites = ''] = process.argv.slice(2);
openEnd(folder, centreConfig(sites.split(','), url), createStore({ dataDir }));
process.stdout.write('ready\n');
