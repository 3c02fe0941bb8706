using System.Diagnostics;

namespace KubeInject.Tests.Shown;

/// <summary>Passwords in connection URIs, connection strings and data source names are masked in every notation.</summary>
public sealed class PasswordMaskTests
{
    /// <summary>Texts whose password is canary, or parts of it.</summary>
    public static TheoryData<string> Passwords =>
    [
        "postgres://app:canary@db:5432/orders",
        "postgres://app:can@ary@db:5432/orders",
        "postgres://app:can/ary@db/orders",
        "postgres://app:can?ary#canary@db/orders",
        "postgres://:canary@db",
        "postgresql://app%3Acanary@db/orders",
        "postgres%3A%2F%2Fapp%3Acanary%40db%2Forders",
        "postgres%253A%252F%252Fapp%253Acanary%2540db",
        "postgres://db/orders?password=canary",
        "postgres://db/orders?sslmode=require&password=canary&x=y",
        "postgres://db/orders?user=app&PWD=canary#x",
        "postgres://db/orders?sslpassword=canary",
        "postgres://db/orders?pass%77ord=canary",
        "Host=db;Username=app;Password=canary;Database=orders",
        "Host=db;Username=app;PSW=canary",
        "Server=db;User Id=app;Pwd = canary ;",
        "server=db;password=\"can;ary canary\";database=x",
        "server=db;password='can;ary canary';database=x",
        "Driver={ODBC};Uid=app;Pwd={can;ary}}canary};",
        "host=db user=app password=canary dbname=orders",
        "host=db user=app password='can ary' dbname=orders",
        "Database=orders;Hostname=db;Protocol=TCPIP;UID=app;PASSWD=canary;",
        "SSL Password=canary;Host=db",
        "jdbc:postgresql://db:5432/orders?user=app&password=canary",
        "jdbc:sqlserver://db:1433;databaseName=x;user=app;password={canary};",
        "jdbc:sqlserver://db;trustStorePassword=canary",
        "jdbc:oracle:thin:app/canary@//db:1521/orders",
        "jdbc:mysql://app:canary@db/orders",
        "app:canary@tcp(db:3306)/orders",
        "mongodb+srv://app:canary@db/?authSource=admin",
        "redis://:canary@db:6379/0",
        "amqp://app:canary@db/vhost",
        "Endpoint=sb://x/;SharedAccessKeyName=x;SharedAccessKey=canary",
        "AccountName=x;AccountKey=canary;",
        "https://x?token=canary",
        "access_token=canary",
        "client_secret=canary",
        "{\"user\":\"app\",\"password\":\"canary\"}",
        "pass=canary",
    ];

    /// <summary>Texts without a password.</summary>
    public static TheoryData<string> Others =>
    [
        "",
        "orders-rw",
        "postgres://db:5432/orders?sslmode=require",
        "postgresql://db-1:5432,db-2:5432/orders?target_session_attrs=read-write",
        "postgres://@db:5432/orders",
        "postgres://{{user}}:{{password}}@db:5432/orders",
        "postgres://db/orders?user={{user}}&password={{ password }}",
        "postgres://$(DB_USER):$(DB_PASSWORD)@$(DB_HOST)/orders",
        "Host=db;Port=5432;Database=orders;SSL Mode=VerifyFull;Passfile=/etc/pgpass",
        "Host=db;Password=;Username=app",
        "registry.example.org/app@sha256:0123",
        "databases/creds/orders-rw",
        @"C:\Users\me@example.org\orders.yaml",
        "PGPASSWORD",
    ];

    [Theory]
    [MemberData(nameof(Passwords))]
    public void A_password_is_masked(string text)
    {
        var masked = PasswordMask.Apply(text);

        Assert.DoesNotMatch("can|ary", masked);
        Assert.Contains("****", masked, StringComparison.Ordinal);
        Assert.Equal(masked, PasswordMask.Apply(masked));
        Assert.True(PasswordMask.IsNeeded(text));
        Assert.False(PasswordMask.IsNeeded(masked));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Text_without_a_password_does_not_change(string text)
    {
        Assert.Same(text, PasswordMask.Apply(text));
        Assert.False(PasswordMask.IsNeeded(text));
    }

    [Theory]
    [InlineData("postgresql://admin@db:5432/orders", "postgresql://****@db:5432/orders")]
    [InlineData("postgresql://db:5432/orders?application_name=a@b", null)]
    public void A_user_name_is_not_a_password_and_can_be_masked(string text, string? masked)
    {
        Assert.False(PasswordMask.IsNeeded(text));
        if (masked is not null)
            Assert.Equal(masked, PasswordMask.Apply(text));
    }

    [Theory]
    [InlineData("://")]
    [InlineData("a:/")]
    [InlineData("@://")]
    [InlineData("password")]
    [InlineData("password\"")]
    [InlineData("password='")]
    [InlineData("pass ")]
    [InlineData("%25")]
    [InlineData(" a:")]
    [InlineData("jdbc:oracle:thin:")]
    [InlineData("{")]
    public void No_text_makes_it_slow(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 256 * 1024 / part.Length));
        var start = Stopwatch.GetTimestamp();

        _ = PasswordMask.Apply(text);
        _ = PasswordMask.IsNeeded(text);

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20));
    }
}
