/** The extension's end of the connection to the dashboard's page. */
import type { DashboardRequest, ToExtension, ToWebview } from "../../protocol/dashboard.js";
import { Connection, type PageListener, type Port } from "../pages/connection.js";
import { messageFrom, requestFrom } from "./messages.js";

export type DashboardListener = PageListener<DashboardRequest, ToExtension>;

/** A connection to a webview's current page: a webview that is hidden and shown again has a new page. */
export class PageConnection extends Connection<DashboardRequest, ToExtension, ToWebview> {
  constructor(port: Port, listener: DashboardListener) {
    super(port, listener, { messageFrom, requestFrom });
  }
}
