import { connect, type TLSSocket } from "node:tls";

/** The certificate that a host shows for a name. */
export interface ServedCertificate {
  readonly expiresAt: Date;
  /** Why clients do not trust it; absent where they do. */
  readonly distrust?: string;
}

const answerMilliseconds = 10_000;

/**
 * Reads the certificate that a host shows to whoever asks it for a name. ACM does not tell of all: App
 * Runner's for names of ours are in no account's list.
 *
 * @param host - the name or address to connect to
 * @param name - the name that is asked for by SNI
 */
export function servedCertificate(host: string, name: string, port = 443): Promise<ServedCertificate> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ host, port, servername: name, rejectUnauthorized: false }, () => {
      const { valid_to: end } = socket.getPeerCertificate();
      const { authorized, authorizationError } = socket;
      socket.destroy();
      resolve({
        expiresAt: new Date(end),
        ...(authorized ? {} : { distrust: String(authorizationError) }),
      });
    });
    socket.setTimeout(answerMilliseconds, () => {
      socket.destroy(new Error(`${host} does not answer within ${answerMilliseconds / 1000} s`));
    });
    socket.once("error", reject);
  });
}
