import { render } from 'preact';
import { NightglassClient } from '../../src/client/nightglass-client.ts';
import { gatewayAddress } from './page/gateway-address.ts';
import { registerWorker } from './push/device-subscription.ts';
import { App } from './shell/app.tsx';
import './page/theme.ts';
import './styles/base.css';
import './styles/controls.css';
import './shell/shell.css';

const root = document.getElementById('app');
if (root === null) throw new TypeError('Cannot start: the page has no #app');
void registerWorker();
// The session cookie, which no script can read, authenticates every request.
render(<App client={new NightglassClient({ address: gatewayAddress() })} />, root);
