/** Edits of hexyl 0.16.0 and bore 0.5.3 (asynchronous, with tokio). */
import { edit, type Edit } from "./table.js";

export const HEXYL_EDITS: readonly Edit[] = [
  edit("body that is inlined", "src/lib.rs", "if self.0 == 0x00 {", "if self.0 == 0x01 {", { edited: /Byte>?::category$/ }),
  edit("match arm", "src/lib.rs", "AsciiOther => COLOR_ASCII_OTHER,", "AsciiOther => COLOR_RESET,", { edited: /Byte>?::color$/ }),
  edit("char literal in a method", "src/lib.rs", "BorderStyle::Unicode => '┊',", "BorderStyle::Unicode => '¦',", {
    edited: /BorderStyle>?::inner_sep$/,
  }),
  edit("const of another file", "src/colors.rs", "COLOR_NONASCII: &[u8] = colors::Yellow", "COLOR_NONASCII: &[u8] = colors::Red", {
    edited: /^COLOR_NONASCII$/,
  }),
  edit("table of another file", "src/colors.rs", "'⋄','☺'", "'0','☺'", { edited: /^CP437$/ }),
  edit("derive", "src/lib.rs", "#[derive(PartialEq)]\nenum Squeezer", "#[derive(PartialEq, Clone)]\nenum Squeezer", {
    edited: /^Squeezer$/,
    nothing: true,
  }),
  edit("generic method", "src/lib.rs", "self.panels = num;", "self.panels = num + 1;", { edited: /::num_panels(?:::|$)/ }),
  {
    ...edit(
      "struct: field in another order",
      "src/lib.rs",
      "    left_corner: char,\n    horizontal_line: char,\n",
      "    horizontal_line: char,\n    left_corner: char,\n",
    ),
    edited: /^BorderElements$/,
    nothing: true,
  },
  edit(
    "trait method",
    "src/input.rs",
    "Input::Stdin(ref mut stdin) => stdin.read(buf),",
    "Input::Stdin(ref mut stdin) => stdin.read(buf).map(|n| n | 1),",
    {
      edited: /Input.*::read(?:::|$)/,
    },
  ),
  edit("string in a nested function's caller", "src/input.rs", "STDIN only supports", "Stdin only supports", {
    edited: /Input.*::seek(?:::|$)/,
  }),
];

export const BORE_EDITS: readonly Edit[] = [
  edit("async method", "src/client.rs", '"could not connect to', '"cannot connect to', { edited: /connect_with_timeout/ }),
  edit("const", "src/shared.rs", "MAX_FRAME_LENGTH: usize = 256", "MAX_FRAME_LENGTH: usize = 512", { edited: /^MAX_FRAME_LENGTH$/ }),
  edit("closure in an async method", "src/server.rs", '"failed to bind to port"', '"cannot bind to port"', { edited: /create_listener/ }),
  edit("generic async method", "src/shared.rs", '"timed out waiting for initial message"', '"no initial message"', {
    edited: /recv_timeout/,
  }),
  edit("spawned async block", "src/server.rs", 'info!("incoming connection");', 'info!("a connection");', { edited: /Server>?::listen/ }),
  edit("plain method", "src/server.rs", '"must provide at least one port"', '"no port"', { edited: /Server>?::new/ }),
];
