/** Why a TLS connection was not made. */
export type TlsFault =
  | 'unknown_authority'
  | 'other_name'
  | 'expired'
  | 'not_yet_valid'
  | 'revoked'
  | 'no_tls'
  | 'client_certificate'
  | 'handshake';

/** The codes of Node and OpenSSL that name one cause; OpenSSL's other codes begin with ERR_SSL_. */
const FAULT_OF: Readonly<Record<string, TlsFault>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not_yet_valid',
  CERT_REVOKED: 'revoked',
  CERT_SIGNATURE_FAILURE: 'unknown_authority',
  CERT_UNTRUSTED: 'unknown_authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown_authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'other_name',
  HOSTNAME_MISMATCH: 'other_name',
  INVALID_CA: 'unknown_authority',
  INVALID_PURPOSE: 'unknown_authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown_authority',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown_authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown_authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown_authority',
  ERR_SSL_HTTP_REQUEST: 'no_tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'no_tls',
  ERR_SSL_RECORD_LAYER_FAILURE: 'no_tls',
  ERR_SSL_UNKNOWN_PROTOCOL: 'no_tls',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no_tls',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'client_certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'client_certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'client_certificate',
  ERR_SSL_SSL_ALERT_BAD_CERTIFICATE: 'client_certificate',
  ERR_SSL_SSL_ALERT_CERTIFICATE_EXPIRED: 'client_certificate',
  ERR_SSL_SSL_ALERT_CERTIFICATE_UNKNOWN: 'client_certificate',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'client_certificate',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'client_certificate',
  EPROTO: 'handshake',
};

/** The fault that an error's code names; null if the code is not about TLS. */
export function tlsFaultOf(code: string): TlsFault | null {
  return FAULT_OF[code] ?? (code.startsWith('ERR_SSL_') ? 'handshake' : null);
}

/** The settings and names that a sentence about a fault mentions. */
export interface TlsWords {
  /** Such as "The database". */
  readonly server: string;
  readonly caSetting: string;
  readonly addressSetting: string;
  readonly certificateSettings: string;
  /** What to do if the server is to speak without TLS. */
  readonly plainSetting: string;
}

/** One sentence: the cause and what to do. */
export function explainTlsFault(fault: TlsFault, words: TlsWords): string {
  const { addressSetting, caSetting, certificateSettings, plainSetting, server } = words;
  switch (fault) {
    case 'unknown_authority':
      return `${server} has a certificate of an authority that is not trusted here: name the file of its CA in ${caSetting}.`;
    case 'other_name':
      return `${server} has a certificate for another name: use a name that the certificate holds in ${addressSetting}.`;
    case 'expired':
      return `${server} has a certificate that has expired: renew it, and check the clock of this machine.`;
    case 'not_yet_valid':
      return `${server} has a certificate that is not valid yet: check the clock of this machine.`;
    case 'revoked':
      return `${server} has a certificate that was revoked: give the server a new one.`;
    case 'no_tls':
      return `${server} speaks no TLS: turn TLS on there, or say ${plainSetting} inside a network that you trust.`;
    case 'client_certificate':
      return `${server} refuses the client's certificate, or asks for one: check ${certificateSettings}.`;
    case 'handshake':
      return `${server} and Purser agree on no TLS version and cipher: allow TLS 1.2 or 1.3 there.`;
  }
}
