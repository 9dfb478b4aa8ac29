import { envelope, escaped } from './soap-text.ts';

export interface SimulatedProfile {
  readonly token: string;
  readonly name: string;
  readonly encoding: string;
  readonly width: number;
  readonly height: number;
  readonly rate: number;
  readonly streamUri: string;
}

/** ONVIF device specification 8.3.7. */
export function dateAndTime(at: number): string {
  const date = new Date(at);
  return envelope(`<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>\
<tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>\
<tt:TimeZone><tt:TZ>UTC0</tt:TZ></tt:TimeZone><tt:UTCDateTime>\
<tt:Time><tt:Hour>${date.getUTCHours()}</tt:Hour><tt:Minute>${date.getUTCMinutes()}</tt:Minute><tt:Second>${date.getUTCSeconds()}</tt:Second></tt:Time>\
<tt:Date><tt:Year>${date.getUTCFullYear()}</tt:Year><tt:Month>${date.getUTCMonth() + 1}</tt:Month><tt:Day>${date.getUTCDate()}</tt:Day></tt:Date>\
</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`);
}

/** 8.1.2: the services by their namespaces. */
export function services(base: string, media2: boolean): string {
  const list: [string, string][] = [
    ['http://www.onvif.org/ver10/device/wsdl', 'device_service'],
    ['http://www.onvif.org/ver10/media/wsdl', 'media_service'],
    ['http://www.onvif.org/ver10/events/wsdl', 'event_service'],
  ];
  if (media2) list.push(['http://www.onvif.org/ver20/media/wsdl', 'media2_service']);
  const one = ([space, path]: [string, string]) =>
    `<tds:Service><tds:Namespace>${space}</tds:Namespace><tds:XAddr>${base}/onvif/${path}</tds:XAddr>\
<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>`;
  return envelope(`<tds:GetServicesResponse>${list.map(one).join('')}</tds:GetServicesResponse>`);
}

/** 8.1.1, of devices before GetServices. */
export function capabilities(base: string): string {
  const at = (name: string, path: string) =>
    `<tt:${name}><tt:XAddr>${base}/onvif/${path}</tt:XAddr></tt:${name}>`;
  return envelope(`<tds:GetCapabilitiesResponse><tds:Capabilities>\
${at('Device', 'device_service')}${at('Events', 'event_service')}${at('Media', 'media_service')}\
</tds:Capabilities></tds:GetCapabilitiesResponse>`);
}

export function information(model: string): string {
  return envelope(`<tds:GetDeviceInformationResponse><tds:Manufacturer>Example</tds:Manufacturer>\
<tds:Model>${escaped(model)}</tds:Model><tds:FirmwareVersion>1.2.3</tds:FirmwareVersion>\
<tds:SerialNumber>0042</tds:SerialNumber><tds:HardwareId>1</tds:HardwareId></tds:GetDeviceInformationResponse>`);
}

/** Media specification 5.2.1. */
export function profiles(list: readonly SimulatedProfile[]): string {
  const one = ({ token, name, encoding, width, height, rate }: SimulatedProfile) =>
    `<trt:Profiles token="${escaped(token)}" fixed="true"><tt:Name>${escaped(name)}</tt:Name>\
<tt:VideoSourceConfiguration token="source"><tt:Name>source</tt:Name><tt:SourceToken>source</tt:SourceToken></tt:VideoSourceConfiguration>\
<tt:VideoEncoderConfiguration token="e${escaped(token)}"><tt:Name>e</tt:Name><tt:Encoding>${encoding}</tt:Encoding>\
<tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution><tt:Quality>4</tt:Quality>\
<tt:RateControl><tt:FrameRateLimit>${rate}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>2048</tt:BitrateLimit></tt:RateControl>\
</tt:VideoEncoderConfiguration></trt:Profiles>`;
  return envelope(`<trt:GetProfilesResponse>${list.map(one).join('')}</trt:GetProfilesResponse>`);
}

/** Media 2 specification 5.3.2. */
export function profiles2(list: readonly SimulatedProfile[]): string {
  const one = ({ token, name, encoding, width, height, rate }: SimulatedProfile) =>
    `<tr2:Profiles token="${escaped(token)}"><tr2:Name>${escaped(name)}</tr2:Name><tr2:Configurations>\
<tr2:VideoSource token="source"><tt:Name>source</tt:Name></tr2:VideoSource>\
<tr2:VideoEncoder token="e"><tt:Name>e</tt:Name><tt:Encoding>${encoding}</tt:Encoding>\
<tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution>\
<tt:RateControl><tt:FrameRateLimit>${rate}</tt:FrameRateLimit><tt:BitrateLimit>2048</tt:BitrateLimit></tt:RateControl>\
</tr2:VideoEncoder></tr2:Configurations></tr2:Profiles>`;
  return envelope(`<tr2:GetProfilesResponse>${list.map(one).join('')}</tr2:GetProfilesResponse>`);
}

export function mediaUri(what: 'Stream' | 'Snapshot', uri: string): string {
  return envelope(`<trt:Get${what}UriResponse><trt:MediaUri><tt:Uri>${escaped(uri)}</tt:Uri>\
<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>\
<tt:Timeout>PT0S</tt:Timeout></trt:MediaUri></trt:Get${what}UriResponse>`);
}

/** Media 2 gives the address itself. */
export function uri2(what: 'Stream' | 'Snapshot', uri: string): string {
  return envelope(
    `<tr2:Get${what}UriResponse><tr2:Uri>${escaped(uri)}</tr2:Uri></tr2:Get${what}UriResponse>`,
  );
}
