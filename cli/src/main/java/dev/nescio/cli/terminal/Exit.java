package dev.nescio.cli.terminal;

/// Exit codes, with the words that the help has for them (picocli's `code:text`).
public final class Exit {

    public static final int OK = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int SIGN_IN_FAILED = 3;
    public static final int NOT_SIGNED_IN = 4;
    public static final int UNREACHABLE = 5;
    public static final int DISTRUST = 6;
    public static final int PROFILE = 7;
    public static final int LEAK_MISSED = 9;
    public static final int INTERRUPTED = 130;

    public static final String OK_TEXT = " 0:Done.";
    public static final String FAILED_TEXT = " 1:Refused, or a check failed.";
    public static final String USAGE_TEXT = " 2:The command was not understood, or something given cannot be right.";
    public static final String SIGN_IN_FAILED_TEXT = " 3:Address, password or code is wrong.";
    public static final String NOT_SIGNED_IN_TEXT = " 4:Nobody is signed in here, or the session has ended.";
    public static final String UNREACHABLE_TEXT = " 5:The server cannot be reached.";
    public static final String DISTRUST_TEXT = " 6:The server's answer failed a check. Nothing more was sent.";
    public static final String PROFILE_TEXT =
            " 7:This device's profile cannot be used: passphrase, permissions, damage, in use.";
    public static final String LEAK_MISSED_TEXT = " 9:The drill missed the planted leak: do not trust it.";
    public static final String INTERRUPTED_TEXT = "130:Interrupted with Ctrl-C.";

    private Exit() {}
}
