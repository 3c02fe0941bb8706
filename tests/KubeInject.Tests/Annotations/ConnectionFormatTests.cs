using KubeInject.Annotations;
using static KubeInject.Tests.Annotations.TestPods;

namespace KubeInject.Tests.Annotations;

/// <summary>A template in another format than a URI gets the advice for that format.</summary>
public sealed class ConnectionFormatTests
{
    [Theory]
    [InlineData("jdbc:postgresql://db:5432/orders", "JDBC", "SPRING_DATASOURCE_USERNAME")]
    [InlineData("jdbc:sqlserver://db:1433;databaseName=orders;encrypt=true", "JDBC", "classic")]
    [InlineData("{{user}}:{{password}}@tcp(db:3306)/orders?parseTime=true", "Go driver", "$(DBUSER):$(DBPASSWORD)@tcp(")]
    [InlineData("tcp(db:3306)/orders", "Go driver", "classic")]
    [InlineData("Server=db,1433;Database=orders;User Id={{user}};Password={{password}};", "ADO.NET", "User Id=$(DBUSER)")]
    [InlineData("Data Source=db;Initial Catalog=orders", "ADO.NET", "classic")]
    [InlineData("Host=db;Port=5432;Database=orders", "ADO.NET", "classic")]
    [InlineData("db:1521/ORCLPDB1", "EZConnect", "oracle://")]
    [InlineData("{{user}}/{{password}}@//db:1521/ORCLPDB1", "EZConnect", "classic")]
    [InlineData("(DESCRIPTION=(ADDRESS=(HOST=db)))", "Oracle", "classic")]
    [InlineData("host=db dbname=orders user={{user}} password={{password}}", "libpq", "postgres://db:5432/orders")]
    [InlineData("sqlserver://db:1433;database=orders", "Prisma", "user=$(DBUSER);password=$(DBPASSWORD)")]
    [InlineData("sqlserver://db;database=orders", "Prisma", "classic")]
    [InlineData("postgres://${DB_HOST}:5432/orders", "${…}", "$(DB_HOST)")]
    public void A_known_format_is_named_with_its_remedy(string template, string name, string remedy)
    {
        var finding = Read(WithTemplate(template)).Only(FindingCode.InvalidTemplate);

        Assert.Contains(name, finding.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, finding.Suggestion, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("db:5432/orders")]
    [InlineData("orders")]
    [InlineData("postgres://db:5432/or ders")]
    public void Other_text_gets_the_general_remedy(string template) =>
        Assert.StartsWith("Write it as scheme://host:port/path", Read(WithTemplate(template)).Only(FindingCode.InvalidTemplate).Suggestion, StringComparison.Ordinal);

    [Theory]
    [InlineData("sqlserver://db:1433?database=orders")]
    [InlineData("mysql://tcp(db:3306)/orders")]
    [InlineData("postgres://db/orders?options=a;b")]
    [InlineData("mongodb://a,b:27018/orders")]
    [InlineData("oracle://db:1521/orders")]
    public void A_uri_is_no_other_format(string template) =>
        Assert.DoesNotContain(Read(WithTemplate(template)).Findings, finding => finding.Code == FindingCode.InvalidTemplate);
}
