/** How the parts that are loaded with the session ask the server, without importing what loads the session. */
import type { RequestName, requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";

type Requests = typeof requests;

/** `Server.ask` */
export type Ask = <N extends RequestName>(name: N, params: ParamsOf<Requests[N]>) => Promise<ResultOf<Requests[N]>>;
