import { createSocket, type Socket } from 'node:dgram';

/** An even port for RTP and the next one for RTCP, as RFC 3550 wants them. */
export interface UdpPorts {
  readonly rtp: Socket;
  readonly rtcp: Socket;
  readonly rtpPort: number;
  close(): void;
}

const attempts = 20;
/** A key picture arrives as a burst; the kernel's default buffer is too small for a large one. */
const receiveBuffer = 2 * 1024 * 1024;

/** Binds a pair of neighbouring ports. @throws Error when none is free after some attempts */
export async function bindUdpPorts(address: string): Promise<UdpPorts> {
  const type = address.includes(':') ? 'udp6' : 'udp4';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const first = await bind(type, 0);
    if (first === null) continue;
    const port = first.address().port;
    const even = port % 2 === 0;
    const second = await bind(type, even ? port + 1 : port - 1);
    if (second === null) {
      first.close();
      continue;
    }
    const [rtp, rtcp] = even ? [first, second] : [second, first];
    const close = () => {
      rtp.close();
      rtcp.close();
    };
    return { rtp, rtcp, rtpPort: even ? port : port - 1, close };
  }
  throw new Error('no pair of UDP ports is free');
}

function bind(type: 'udp4' | 'udp6', port: number): Promise<Socket | null> {
  const socket = createSocket(type);
  return new Promise((resolve) => {
    const onError = () => {
      socket.close();
      resolve(null);
    };
    socket.once('error', onError);
    socket.bind(port, () => {
      socket.off('error', onError);
      // ICMP answers to our reports surface as errors; silence is the watchdog's matter.
      socket.on('error', () => undefined);
      try {
        socket.setRecvBufferSize(receiveBuffer);
      } catch {
        // The system allows less: then what it allows has to do.
      }
      resolve(socket);
    });
  });
}
