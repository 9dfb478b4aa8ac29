import { configuredLimits } from '../config/limits-config.ts';
import type { GatewayServices } from '../gateway/contract/gateway-services.ts';
import { createGateway, type Gateway } from '../gateway/gateway.ts';
import type { OidcSignIn } from '../services/access/oidc/oidc-sign-in.ts';
import type { Foundation } from './foundation.ts';
import { gatewayAccess, type Who } from './gateway-access.ts';
import { shippedDashboard } from './shipped-files.ts';
import type { TlsKeeper } from './tls-keeper.ts';
import { version } from './version.ts';

/** Listens. @throws NightglassError `ENVIRONMENT` */
export async function openGateway(
  { clock, config, log, metrics, resources }: Foundation,
  who: Who,
  services: GatewayServices,
  openOnLoopback: boolean,
  tls: TlsKeeper | undefined,
  oidc: OidcSignIn | undefined,
): Promise<Gateway> {
  const { basePath, host, port, proxies, limits } = config.server;
  const gateway = resources.use(
    await createGateway({
      host,
      port,
      proxies,
      ...(basePath === undefined ? {} : { basePath }),
      ...(tls === undefined ? {} : { tls: tls.gateway }),
      limits: configuredLimits(limits),
      openOnLoopback,
      services,
      access: gatewayAccess(who, log, oidc !== undefined),
      signIn: {
        oidc,
        passwords: config.access.passwords,
        address: config.access.address ?? config.access.oidc?.address,
      },
      version,
      webRoot: shippedDashboard,
      log,
      clock,
      observer: {
        clients(kind, count) {
          metrics.system.socketClients(kind, count);
        },
        dropped: (topic, count) => metrics.system.socketDropped(topic, count),
        request: (route, status, seconds) => metrics.system.request(route, status, seconds),
        uploadQueue: (waiting) => metrics.system.queue('uploads', waiting),
        uploadRefused: () => metrics.system.uploadRefused(),
        handshake: (result) => metrics.tls.handshake(result),
      },
    }),
  );
  if (tls !== undefined) resources.defer(tls.follow((material) => gateway.renewTls(material)));
  return gateway;
}
