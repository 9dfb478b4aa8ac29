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

/**
 * Binds a pair of neighbouring ports on the one address by which the camera is reached.
 * @throws Error when none is free after some attempts
 */
export async function bindUdpPorts(address: string): Promise<UdpPorts> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const first = await bind(address, 0);
    if (first === null) continue;
    const port = first.address().port;
    const even = port % 2 === 0;
    const second = await bind(address, even ? port + 1 : port - 1);
    if (second === null) {
      first.close();
      continue;
    }
    const [rtp, rtcp] = even ? [first, second] : [second, first];
    return pair(rtp, rtcp, even ? port : port - 1);
  }
  throw new Error('no pair of UDP ports is free');
}

/** Joins a multicast group on its ports. @throws Error when the system refuses */
export async function joinMulticast(
  group: string,
  port: number,
  localAddress: string,
): Promise<UdpPorts> {
  const rtp = await bind(group, port, true);
  const rtcp = await bind(group, port + 1, true);
  if (rtp === null || rtcp === null) {
    rtp?.close();
    rtcp?.close();
    throw new Error(`the ports of the group ${group} cannot be bound`);
  }
  for (const socket of [rtp, rtcp])
    socket.addMembership(group, localAddress.replace(/^::ffff:/i, ''));
  return pair(rtp, rtcp, port);
}

function pair(rtp: Socket, rtcp: Socket, rtpPort: number): UdpPorts {
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    rtp.close();
    rtcp.close();
  };
  return { rtp, rtcp, rtpPort, close };
}

function bind(address: string, port: number, reuseAddr = false): Promise<Socket | null> {
  const plain = address.replace(/^::ffff:/i, '');
  const socket = createSocket({ type: plain.includes(':') ? 'udp6' : 'udp4', reuseAddr });
  return new Promise((resolve) => {
    const onError = () => {
      socket.close();
      resolve(null);
    };
    socket.once('error', onError);
    socket.bind(port, plain === '' ? undefined : plain, () => {
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
